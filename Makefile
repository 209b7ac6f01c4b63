# A thin alias of run.py, for fingers used to make. `make test ARGS="-k money"` passes arguments on.
.PHONY: demo test lint lock
demo test lint lock:
	python3 run.py $@ $(ARGS)
